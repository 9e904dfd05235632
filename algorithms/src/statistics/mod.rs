//! Distributions, comparisons, power, sequential and Bayesian answers, from sums.
