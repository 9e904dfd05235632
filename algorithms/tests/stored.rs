//! What is read back from storage is the same, and is refused where it could not have been made.

use bellwether_algorithms::kmeans::{KMeans, KMeansModel};
use bellwether_algorithms::matrix::{CsrMatrix, Matrix};
use bellwether_algorithms::random::seeded;
use bellwether_algorithms::recommend::{Als, AlsModel, ItemToItem, ItemToItemModel};
use bellwether_algorithms::scale::{Duplicates, QuantileBins, ScaleMethod, Scaler};
use bellwether_algorithms::statistics::{Rate, Summary};
use serde::Serialize;
use serde::de::DeserializeOwned;

fn check_comes_back<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) {
    let text = serde_json::to_string(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value);
}

fn check_refused<T: DeserializeOwned + std::fmt::Debug>(text: &str, reason: &str) {
    let error = serde_json::from_str::<T>(text).unwrap_err().to_string();
    assert!(error.contains(reason), "{error}");
}

#[test]
fn everything_comes_back_as_it_was() {
    let points = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.5], [9.0, -1.0]]).unwrap();
    let history = CsrMatrix::from_triples(2, 3, [(0, 0, 1.0), (0, 2, 2.0), (1, 2, 1.0)]).unwrap();
    check_comes_back::<KMeansModel>(&KMeans::new(2).fit(&points, &mut seeded(1)).unwrap());
    check_comes_back::<AlsModel>(&Als::new(3).fit(&history, &mut seeded(1)).unwrap());
    check_comes_back::<ItemToItemModel>(&ItemToItem::new(2).fit(&history).unwrap());
    check_comes_back(&Scaler::fit(ScaleMethod::Robust, &points).unwrap());
    check_comes_back(&QuantileBins::fit(&[1.0, 2.0, 5.0], 2, Duplicates::Merge).unwrap());
    check_comes_back(&Summary::from_values(&[1.0, 2.5]).unwrap());
    check_comes_back(&Rate::new(5, 2).unwrap());
    check_comes_back(&points);
    check_comes_back(&history);
}

#[test]
fn what_could_not_have_been_made_is_refused() {
    check_refused::<Matrix>(r#"{"rows":2,"columns":2,"values":[1.0]}"#, "expected 4, found 1");
    let sparse = r#"{"rows":1,"columns":1,"offsets":[0,1],"indices":[7],"values":[1.0]}"#;
    check_refused::<CsrMatrix>(sparse, "column of a sparse matrix 7");
    let offsets = r#"{"rows":1,"columns":1,"offsets":[0,9],"indices":[0],"values":[1.0]}"#;
    check_refused::<CsrMatrix>(offsets, "row offset");
    let flat = r#"{"similarities":{"rows":1,"columns":2,"offsets":[0,0],"indices":[],"values":[]}}"#;
    check_refused::<ItemToItemModel>(flat, "similarities");
    let vectors = r#"{"rows":1,"columns":3,"values":[0.0,0.0,0.0]}"#;
    let als =
        format!(r#"{{"factors":3,"regularization":0.1,"confidence":"given","people":{vectors},"items":{vectors}}}"#);
    check_refused::<AlsModel>(&als, "width of a stored model");
    check_refused::<QuantileBins>(r#"{"edges":[2.0,1.0]}"#, "not unique");
    check_refused::<Summary>(r#"{"n":3,"mean":1.0,"squares":-1.0}"#, "variance");
    check_refused::<Rate>(r#"{"n":3,"successes":4}"#, "successes");
}
