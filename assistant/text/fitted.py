"""The weights of ranking and of belief, as fitted; nothing else decides what is found and what refused.

Written by ``python -m assistant.evaluation.fitting``, not by hand; evals/README.md has its figures.
"""

RANKING = {
    "similarity": 11.570,
    "coverage": 4.656,
    "context": 6.377,
    "pairs": 1.655,
    "number": 1.636,
    "date": 4.855,
    "person": 1.896,
    "place": 1.511,
    "counts": 3.389,
    "question": -0.728,
}
BELIEF = {
    "similarity": 3.051,
    "context": 0.790,
    "missing": -0.952,
    "names": 0.999,
    "numbers": 0.548,
    "negation": -2.706,
    "fits": -0.205,
    "gap": 0.999,
}
BELIEF_BIAS = -3.188
