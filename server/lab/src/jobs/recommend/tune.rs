//! A small search for good settings, inside the training part.
//!
//! Settings are tried in stages, each around the best of the last: some twenty fits instead of some hundred. What the
//! command line names is not searched.

use super::{
    candidate::{Candidate, Weight},
    data::{Event, Interactions},
    judge::Judge,
    split::Split,
};
use crate::{LabError, Result, options::RecommendArgs, report::Findings};
use bellwether_algorithms::random::{sample_indices, seeded};
use serde_json::{Value, json};

/// With more interactions than this, settings are searched on a random part of the users.
const MOST_EVENTS: usize = 500_000;

struct Search<'a> {
    args: &'a RecommendArgs,
    judge: Judge,
    /// What was tried, with its nDCG on the validation part.
    tried: Vec<(Candidate, f64)>,
    weights: Vec<Weight>,
}

/// The settings to use: searched where something is open.
pub(super) fn tune(
    args: &RecommendArgs,
    interactions: &Interactions,
    train: &[Event],
    split: &Split,
    findings: &mut Findings,
) -> Result<Candidate> {
    if let Some(fixed) = fixed(args) {
        return Ok(fixed);
    }
    let part = some_users(train, interactions.users.len(), args.output.seed);
    if part.len() < train.len() {
        findings.parameter("tuned_on_interactions", part.len());
    }
    let (inner, validation) = split.apply(&part, args.output.seed.wrapping_add(1))?;
    let judge = match Judge::new(interactions, &inner, &validation, args.keep_seen) {
        Ok(judge) => judge,
        Err(LabError::TooLittleData { .. }) => {
            findings.warn("too little data to tune on; usual settings are taken");
            return Ok(usual(args));
        }
        Err(error) => return Err(error),
    };
    let weights = if args.value.is_some() {
        vec![Weight::Binary, Weight::Value, Weight::Logarithm]
    } else {
        vec![Weight::Binary]
    };
    let mut search = Search { args, judge, tried: Vec::new(), weights };
    search.run()?;
    findings.parameter("tuned_on", format!("{} of the training part, by ndcg@{}", split.name(), args.top));
    let tried = search.tried.iter().map(|(candidate, ndcg)| {
        let mut entry = candidate.parameters();
        entry.insert("model".into(), json!(candidate.name()));
        entry.insert("validation_ndcg".into(), json!(ndcg));
        Value::Object(entry)
    });
    findings.result("tried", tried.collect::<Vec<_>>());
    search.best(|_| true).ok_or_else(|| LabError::too_little("nothing could be fitted"))
}

/// All interactions of as many random users as keep below the limit.
fn some_users(train: &[Event], users: usize, seed: u64) -> Vec<Event> {
    if train.len() <= MOST_EVENTS {
        return train.to_vec();
    }
    let count = (users as f64 * MOST_EVENTS as f64 / train.len() as f64).ceil() as usize;
    let mut chosen = vec![false; users];
    sample_indices(&mut seeded(seed), users, count.min(users)).into_iter().for_each(|user| chosen[user] = true);
    train.iter().filter(|event| chosen[event.user as usize]).copied().collect()
}

/// Everything is on the command line.
fn fixed(args: &RecommendArgs) -> Option<Candidate> {
    let Candidate::Als { iterations, weight, .. } = usual_als(args) else { return None };
    match args.algorithm.as_str() {
        "popular" => Some(Candidate::Popular),
        "als" => {
            let (factors, regularization, alpha) = (args.factors?, args.regularization? as f32, args.alpha? as f32);
            Some(Candidate::Als { factors, regularization, alpha, iterations, weight })
        }
        _ => None,
    }
}

fn usual(args: &RecommendArgs) -> Candidate {
    match args.algorithm.as_str() {
        "als" => usual_als(args),
        "item-knn" => usual_knn(args),
        _ => Candidate::Popular,
    }
}

fn usual_als(args: &RecommendArgs) -> Candidate {
    Candidate::Als {
        factors: args.factors.unwrap_or(64),
        regularization: args.regularization.unwrap_or(10.0) as f32,
        alpha: args.alpha.unwrap_or(10.0) as f32,
        iterations: args.iterations.unwrap_or(15),
        weight: if args.value.is_some() { Weight::Value } else { Weight::Binary },
    }
}

fn usual_knn(args: &RecommendArgs) -> Candidate {
    Candidate::ItemKnn {
        neighbours: args.neighbours.unwrap_or(100),
        bm25: false,
        shrinkage: 10.0,
        weight: Weight::Binary,
    }
}

impl Search<'_> {
    fn run(&mut self) -> Result<()> {
        let wants = |name: &str| self.args.algorithm == name || self.args.algorithm == "auto";
        let (popular, knn, als) = (wants("popular"), wants("item-knn"), wants("als"));
        if popular {
            self.try_one(Candidate::Popular)?;
        }
        if knn {
            self.search_knn()?;
        }
        if als {
            self.search_als()?;
        }
        Ok(())
    }

    fn try_one(&mut self, candidate: Candidate) -> Result<()> {
        if self.tried.iter().all(|(known, _)| *known != candidate) {
            let model = candidate.fit(self.judge.train(), self.args.output.seed)?;
            let ndcg = self.judge.ndcg(model.as_ref(), self.args.top)?;
            self.tried.push((candidate, ndcg));
        }
        Ok(())
    }

    /// The best so far among those wanted; of equals the first that was tried.
    fn best(&self, wanted: impl Fn(&Candidate) -> bool) -> Option<Candidate> {
        let mut best: Option<&(Candidate, f64)> = None;
        for one in self.tried.iter().filter(|(candidate, _)| wanted(candidate)) {
            if best.is_none_or(|best| one.1 > best.1) {
                best = Some(one);
            }
        }
        best.map(|(candidate, _)| candidate.clone())
    }

    fn search_knn(&mut self) -> Result<()> {
        let Candidate::ItemKnn { neighbours, .. } = usual_knn(self.args) else { return Ok(()) };
        for bm25 in [false, true] {
            for shrinkage in [0.0, 10.0, 50.0] {
                for weight in self.weights.clone() {
                    self.try_one(Candidate::ItemKnn { neighbours, bm25, shrinkage, weight })?;
                }
            }
        }
        let others = if self.args.neighbours.is_some() { vec![] } else { vec![20, 50, 300] };
        for other in others {
            if let Some(Candidate::ItemKnn { bm25, shrinkage, weight, .. }) =
                self.best(|c| matches!(c, Candidate::ItemKnn { .. }))
            {
                self.try_one(Candidate::ItemKnn { neighbours: other, bm25, shrinkage, weight })?;
            }
        }
        Ok(())
    }

    fn search_als(&mut self) -> Result<()> {
        let Candidate::Als { factors, iterations, weight, .. } = usual_als(self.args) else { return Ok(()) };
        let open = |given: Option<f64>, grid: &[f32]| given.map_or(grid.to_vec(), |value| vec![value as f32]);
        let alphas = open(self.args.alpha, &[1.0, 5.0, 20.0]);
        let prices = open(self.args.regularization, &[0.1, 5.0, 50.0]);
        for &alpha in &alphas {
            for &regularization in &prices {
                self.try_one(Candidate::Als { factors, regularization, alpha, iterations, weight })?;
            }
        }
        for weight in self.weights.clone() {
            self.vary(|best| {
                if let Candidate::Als { weight: of_best, .. } = best {
                    *of_best = weight
                }
            })?;
        }
        for factors in if self.args.factors.is_some() { vec![] } else { vec![16, 32, 128] } {
            self.vary(|best| {
                if let Candidate::Als { factors: of_best, .. } = best {
                    *of_best = factors
                }
            })?;
        }
        for step in if self.args.regularization.is_some() { vec![] } else { vec![0.4, 2.5] } {
            self.vary(|best| {
                if let Candidate::Als { regularization, .. } = best {
                    *regularization *= step
                }
            })?;
        }
        for step in if self.args.alpha.is_some() { vec![] } else { vec![0.5, 2.0] } {
            self.vary(|best| {
                if let Candidate::Als { alpha, .. } = best {
                    *alpha *= step
                }
            })?;
        }
        Ok(())
    }

    /// Tries the best ALS so far with one thing changed.
    fn vary(&mut self, change: impl FnOnce(&mut Candidate)) -> Result<()> {
        match self.best(|c| matches!(c, Candidate::Als { .. })) {
            Some(mut candidate) => {
                change(&mut candidate);
                self.try_one(candidate)
            }
            None => Ok(()),
        }
    }
}
