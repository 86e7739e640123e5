"""The weights of ranking and of belief, as fitted; nothing else decides what is found and what refused.

Written by ``python -m research.fitting.evidence``, not by hand; evals/README.md has its figures.
"""

RANKING = {
    "similarity": 14.782,
    "coverage": 4.350,
    "context": 6.008,
    "pairs": 1.411,
    "number": 1.658,
    "date": 4.383,
    "person": 1.854,
    "place": 1.045,
    "counts": 1.681,
    "question": -0.640,
}
BELIEF = {
    "similarity": 3.261,
    "context": 0.303,
    "missing": -1.106,
    "names": 0.840,
    "numbers": 0.531,
    "negation": -2.712,
    "gap": 1.563,
}
BELIEF_BIAS = -3.305
