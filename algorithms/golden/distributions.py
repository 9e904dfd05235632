"""Distribution functions and quantiles by SciPy, special functions by mpmath to forty digits."""

import mpmath
from scipy import stats

from common import write

PROBABILITIES = [1e-12, 1e-6, 0.001, 0.025, 0.2, 0.5, 0.8, 0.975, 0.999, 1 - 1e-6]

FAMILIES = {
    "normal": (stats.norm, [(0.0, 1.0), (-3.0, 2.5)]),
    "student": (stats.t, [(0.5,), (1.0,), (2.7,), (30.0,), (1e3,), (1e6,)]),
    "chi_squared": (stats.chi2, [(1.0,), (2.0,), (9.5,), (150.0,), (1e5,)]),
    "beta": (stats.beta, [(0.5, 0.5), (1.0, 47.0), (2.0, 5.5), (300.0, 20.0), (5e3, 9e4), (47.0, 9955.0), (1e6, 2e6)]),
    "binomial": (stats.binom, [(1, 0.3), (20, 0.5), (1000, 0.013), (100000, 0.21)]),
}


def cases():
    for family, (distribution, parameters) in FAMILIES.items():
        for parameter in parameters:
            frozen = distribution(*parameter)
            for probability in PROBABILITIES:
                if family == "student" and parameter[0] < 1 and probability < 1e-6:
                    continue  # the quantile is beyond 1e20, where SciPy's own inverse loses digits
                x = float(frozen.ppf(probability))
                if family == "student" and probability > 0.5:
                    x = float(frozen.isf(1 - probability))
                yield {
                    "family": family,
                    "parameters": parameter,
                    "probability": probability,
                    "quantile": x,
                    "cdf": frozen.cdf(x),
                    "survival": frozen.sf(x),
                }


mpmath.mp.dps = 40
points = [1e-5, 0.1, 0.5, 1.0, 1.5, 2.0, 3.3, 9.9, 10.1, 57.0, 1e3, 1e6]
write(
    "distributions",
    {
        "cases": list(cases()),
        "ln_gamma": [[x, float(mpmath.loggamma(x))] for x in points],
        "ln_beta": [[a, b, float(mpmath.log(mpmath.beta(a, b)))] for a in points for b in points],
        "erfc": [[x, float(mpmath.erfc(x))] for x in [-5.0, -1.0, -1e-9, 0.0, 1e-9, 0.3, 1.0, 1.7, 4.0, 10.0, 25.0]],
    },
)
