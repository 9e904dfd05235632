//! Times the kernels on data that `benches/peers/kernels.py data` wrote, one JSON line per run. See `benches/kernels.sh`.
//!
//! ```text
//! kernels kmeans FOLDER ITERATIONS
//! kernels als FOLDER FACTORS ITERATIONS SEED
//! ```
//! Files are raw little-endian numbers with a `shape.txt` of their counts. CPU time is that of all threads of this process, from
//! the start to the end of the fit, without reading files.

use bellwether_algorithms::kmeans::KMeans;
use bellwether_algorithms::matrix::{CsrMatrix, Matrix};
use bellwether_algorithms::random::seeded;
use bellwether_algorithms::recommend::{Als, Confidence, Recommender, Request};
use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Instant;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["kmeans", folder, iterations] => kmeans(Path::new(folder), iterations.parse()?),
        ["als", folder, factors, iterations, seed] => {
            als(Path::new(folder), factors.parse()?, iterations.parse()?, seed.parse()?)
        }
        _ => Err("usage: kernels kmeans FOLDER ITERATIONS | kernels als FOLDER FACTORS ITERATIONS SEED".into()),
    }
}

fn kmeans(folder: &Path, iterations: usize) -> Outcome<()> {
    let [rows, columns, clusters] = shape(folder)?;
    let data = Matrix::new(rows, columns, floats(&folder.join("data.f32"))?)?;
    let start = Matrix::new(clusters, columns, floats(&folder.join("start.f32"))?)?;
    let parameters =
        KMeans::new(clusters).initial_centroids(start).max_iterations(iterations).tolerance(0.0).check()?;
    let (model, cpu, wall) = timed(|| parameters.fit(&data, &mut seeded(0)))?;
    let (inertia, done) = (model.inertia, model.iterations);
    println!(r#"{{"job":"kmeans","cpu":{cpu},"wall":{wall},"iterations":{done},"inertia":{inertia}}}"#);
    Ok(())
}

fn als(folder: &Path, factors: usize, iterations: usize, seed: u64) -> Outcome<()> {
    let [people, items, _] = shape(folder)?;
    let (rows, columns) = (numbers(&folder.join("people.u32"))?, numbers(&folder.join("items.u32"))?);
    let values = floats(&folder.join("confidence.f32"))?;
    let cells = rows.into_iter().zip(columns).zip(values).map(|((row, column), value)| (row, column, value));
    let history = CsrMatrix::from_triples(people, items, cells)?;
    let parameters =
        Als::new(factors).iterations(iterations).confidence(Confidence::Given).regularization(0.05).check()?;
    let (model, cpu, wall) = timed(|| parameters.fit(&history, &mut seeded(seed)))?;
    let judged = numbers(&folder.join("judged.u32"))?;
    let (lists, serving, _) = timed(|| model.recommend(&Request::new(&judged, &history, 20)))?;
    write_lists(&folder.join("lists-bellwether.u32"), lists.iter().map(|list| list.iter().map(|scored| scored.item)))?;
    println!(r#"{{"job":"als","cpu":{cpu},"wall":{wall},"iterations":{iterations},"serving_cpu":{serving}}}"#);
    Ok(())
}

/// What `work` gives, with the CPU and wall seconds that it took.
fn timed<T, E: Error + 'static>(work: impl FnOnce() -> Result<T, E>) -> Outcome<(T, f64, f64)> {
    let (cpu, wall) = (cpu_seconds()?, Instant::now());
    let result = work()?;
    Ok((result, cpu_seconds()? - cpu, wall.elapsed().as_secs_f64()))
}

/// Time on a processor of all threads that are alive, in nanoseconds in the first column of each `schedstat` (Linux).
fn cpu_seconds() -> Outcome<f64> {
    let mut total = 0.0;
    for task in fs::read_dir("/proc/self/task")? {
        let status = fs::read_to_string(task?.path().join("schedstat"))?;
        let running: f64 = status.split_whitespace().next().ok_or("empty schedstat")?.parse()?;
        total += running / 1e9;
    }
    Ok(total)
}

fn shape(folder: &Path) -> Outcome<[usize; 3]> {
    let text = fs::read_to_string(folder.join("shape.txt"))?;
    let counts: Vec<usize> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
    counts.try_into().map_err(|_| "shape.txt: three numbers expected".into())
}

fn floats(path: &Path) -> Outcome<Vec<f32>> {
    let bytes = fs::read(path)?;
    Ok(bytes.as_chunks::<4>().0.iter().map(|&number| f32::from_le_bytes(number)).collect())
}

fn numbers(path: &Path) -> Outcome<Vec<u32>> {
    let bytes = fs::read(path)?;
    Ok(bytes.as_chunks::<4>().0.iter().map(|&number| u32::from_le_bytes(number)).collect())
}

/// Twenty items for each person; places that stayed empty hold the largest number, which is no item.
fn write_lists(path: &Path, lists: impl Iterator<Item = impl Iterator<Item = u32>>) -> Outcome<()> {
    let padded = lists.flat_map(|list| list.chain(std::iter::repeat(u32::MAX)).take(20).collect::<Vec<_>>());
    fs::write(path, padded.flat_map(u32::to_le_bytes).collect::<Vec<u8>>())?;
    Ok(())
}
