"""Lift and sequential intervals by gbstats; the rest by SciPy."""

import numpy as np
from gbstats.frequentist.tests import FrequentistConfig, SequentialConfig, SequentialTwoSidedTTest, TwoSidedTTest
from gbstats.models.statistics import SampleMeanStatistic
from scipy import integrate, optimize, stats

from common import write

rng = np.random.default_rng(6)


def sums(values):
    return {"n": len(values), "sum": values.sum(), "sum_squares": (values**2).sum()}


def sample_mean(values):
    return SampleMeanStatistic(**sums(values))


def means(control, treatment, alpha):
    arms = sample_mean(control), sample_mean(treatment)
    case = {"control": sums(control), "treatment": sums(treatment), "alpha": alpha}
    welch = stats.ttest_ind(treatment, control, equal_var=False)
    case["p_value"] = welch.pvalue
    interval = welch.confidence_interval(1 - alpha)
    case["difference"] = [interval.low, interval.high]
    relative = TwoSidedTTest(*arms, FrequentistConfig(alpha=alpha, difference_type="relative")).compute_result()
    case["lift"] = [relative.expected, *relative.ci]
    for kind in ("relative", "absolute"):
        config = SequentialConfig(alpha=alpha, difference_type=kind, sequential_tuning_parameter=2000)
        result = SequentialTwoSidedTTest(*arms, config).compute_result()
        case["sequential_" + kind] = [*result.ci, result.p_value]
    return case


def rates(control, treatment, alpha):
    """z test with pooled variance, Wald interval, by their formulas on SciPy's normal distribution."""
    (n1, s1), (n2, s2) = control, treatment
    p1, p2, pooled = s1 / n1, s2 / n2, (s1 + s2) / (n1 + n2)
    z = (p2 - p1) / np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    half = stats.norm.ppf(1 - alpha / 2) * np.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
    # The square of z is Pearson's chi-squared of the table, an independent way to the same p-value.
    table = [[s1, n1 - s1], [s2, n2 - s2]]
    chi = stats.chi2_contingency(table, correction=False)
    assert abs(chi.pvalue - 2 * stats.norm.sf(abs(z))) < 1e-12
    wilson = [stats.binomtest(s, n).proportion_ci(1 - alpha, method="wilson") for n, s in (control, treatment)]
    return {
        "control": control,
        "treatment": treatment,
        "alpha": alpha,
        "p_value": chi.pvalue,
        "difference": [p2 - p1 - half, p2 - p1 + half],
        "wilson": [[w.low, w.high] for w in wilson],
    }


def covaried(pairs):
    x, y = pairs
    return {
        "n": len(x),
        "sum_outcome": y.sum(),
        "sum_outcome_squares": (y**2).sum(),
        "sum_covariate": x.sum(),
        "sum_covariate_squares": (x**2).sum(),
        "sum_products": (x * y).sum(),
    }


def cuped(control, treatment, alpha=0.05):
    """theta pooled within the arms, as a regression of outcome on covariate and arm gives it (ordinary least squares)."""
    x = np.concatenate([control[0], treatment[0]])
    y = np.concatenate([control[1], treatment[1]])
    arm = np.concatenate([np.zeros(len(control[0])), np.ones(len(treatment[0]))])
    design = np.column_stack([np.ones_like(x), arm, x])
    coefficients = np.linalg.lstsq(design, y, rcond=None)[0]
    residual = [arm_y - coefficients[2] * arm_x for arm_x, arm_y in (control, treatment)]
    welch = stats.ttest_ind(residual[1], residual[0], equal_var=False)
    interval = welch.confidence_interval(1 - alpha)
    before = np.var(control[1], ddof=1) / len(x[arm == 0]) + np.var(treatment[1], ddof=1) / len(x[arm == 1])
    after = sum(np.var(r, ddof=1) / len(r) for r in residual)
    return {
        "control": covaried(control),
        "treatment": covaried(treatment),
        "theta": coefficients[2],
        "effect": coefficients[1],
        "p_value": welch.pvalue,
        "difference": [interval.low, interval.high],
        "variance_reduction": 1 - after / before,
    }


def chances(arms):
    """Beta posteriors with a uniform prior: adaptive quadrature over the rate."""
    posteriors = [stats.beta(1 + s, 1 + n - s) for n, s in arms]
    ends = sorted(p.ppf(q) for p in posteriors for q in (1e-15, 1e-4, 0.1, 0.5, 0.9, 1 - 1e-4, 1 - 1e-15))

    def whole(function):
        return sum(
            integrate.quad(function, low, high, epsabs=1e-14, epsrel=1e-12, limit=200)[0]
            for low, high in zip(ends, ends[1:])
            if high > low
        )

    found = []
    for k, own in enumerate(posteriors):
        others = [p for j, p in enumerate(posteriors) if j != k]

        def below(x):
            return np.prod([p.cdf(x) for p in others])

        found.append([whole(lambda x: own.pdf(x) * below(x)), whole(lambda x: own.cdf(x) * (1 - below(x)))])
    return {"arms": arms, "chances": found}


def sample_size(rate, relative, alpha, power):
    """People per arm at which the power of the two-proportion z test is reached, by root finding."""
    other = rate * (1 + relative)
    middle = (rate + other) / 2

    def reached(n):
        spread = np.sqrt(rate * (1 - rate) / n + other * (1 - other) / n)
        critical = stats.norm.isf(alpha / 2) * np.sqrt(2 * middle * (1 - middle) / n)
        return stats.norm.sf((critical - abs(other - rate)) / spread)

    n = optimize.brentq(lambda n: reached(n) - power, 2, 1e9, xtol=1e-6)
    return {"rate": rate, "relative": relative, "alpha": alpha, "power": power, "people": int(np.ceil(n)), "at_5000": reached(5000)}


def ratio(observed, shares):
    expected = np.array(shares) / sum(shares) * sum(observed)
    result = stats.chisquare(observed, expected)
    return {"observed": observed, "shares": shares, "statistic": result.statistic, "p_value": result.pvalue}


spending = lambda size, shift: np.where(rng.random(size) < 0.2, rng.lognormal(3 + shift, 1, size), 0)


def with_history(size, shift):
    before = rng.gamma(2, 10, size)
    return before, 0.8 * before + rng.normal(shift, 6, size)


write(
    "experiments",
    {
        "means": [
            means(spending(3000, 0.0), spending(2800, 0.1), 0.05),
            means(rng.normal(10, 1, 12), rng.normal(11, 4, 7), 0.1),
            means(spending(500, 0.0), spending(500, 0.0), 0.01),
        ],
        "rates": [
            rates((10000, 46), (10000, 46), 0.05),
            rates((21306, 2262), (21387, 3238), 0.05),
            rates((40, 3), (35, 9), 0.1),
        ],
        "cuped": [cuped(with_history(400, 0.0), with_history(300, 1.0))],
        "chances": [
            chances([(10000, 46), (10000, 46)]),
            chances([(1000, 100), (1000, 120), (900, 105)]),
            chances([(20, 1), (30, 4)]),
            chances([(50, 0), (500000, 4000)]),
        ],
        "sample_size": [
            sample_size(0.0046, 0.1, 0.05, 0.8),
            sample_size(0.0046, 0.2, 0.05, 0.8),
            sample_size(0.1, 0.2, 0.01, 0.9),
            sample_size(0.3, -0.1, 0.05, 0.8),
        ],
        "ratio": [ratio([21307, 21387, 21306], [1, 1, 1]), ratio([5200, 4800], [0.5, 0.5]), ratio([89, 11], [0.9, 0.1])],
    },
)
