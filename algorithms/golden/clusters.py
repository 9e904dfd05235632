"""k-means from given centroids and measures of clusters by scikit-learn."""

import warnings

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import (
    adjusted_rand_score,
    calinski_harabasz_score,
    davies_bouldin_score,
    silhouette_samples,
    silhouette_score,
)

from common import write

warnings.filterwarnings("ignore")  # stopping early is what some cases are about
rng = np.random.default_rng(2)
centres = rng.normal(0, 4, (5, 3))
data = np.round(centres[rng.integers(0, 5, 240)] + rng.normal(0, 1.2, (240, 3)), 3).astype(np.float32)


def fit(clusters, iterations, tolerance):
    start = data[:clusters]
    model = KMeans(clusters, init=start, n_init=1, max_iter=iterations, tol=tolerance, algorithm="lloyd").fit(data)
    return {
        "clusters": clusters,
        "max_iterations": iterations,
        "tolerance": tolerance,
        "labels": model.labels_,
        "centroids": model.cluster_centers_.astype(float),
        "inertia": model.inertia_,
        "iterations": model.n_iter_,
        "silhouette": silhouette_score(data, model.labels_),
        "davies_bouldin": davies_bouldin_score(data, model.labels_),
        "calinski_harabasz": calinski_harabasz_score(data, model.labels_),
    }


fits = [fit(k, iterations, tolerance) for k in (2, 4, 5, 9) for iterations, tolerance in ((1, 0.0), (4, 0.0), (300, 1e-4))]
labels = np.array(fits[5]["labels"])
other = np.array(fits[-1]["labels"])
random = rng.integers(0, 4, 240)
write(
    "clusters",
    {
        "data": data.astype(float),
        "fits": fits,
        "silhouettes": {"labels": labels, "values": silhouette_samples(data.astype(float), labels)},
        "agreement": [
            {"left": left, "right": right, "index": adjusted_rand_score(left, right)}
            for left, right in ((labels, other), (labels, random), (random, other))
        ],
        # With restarts the best inertia is the same for everybody who searches well enough.
        "best_inertia": {str(k): KMeans(k, n_init=50, random_state=0, tol=0).fit(data).inertia_ for k in (3, 5)},
    },
)
