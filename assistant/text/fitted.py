"""The weights of ranking and of belief, as fitted; nothing else decides what is found and what refused.

Written by ``python -m assistant.evaluation.fitting``, not by hand; evals/README.md has its figures.
"""

RANKING = {
    "similarity": 11.745,
    "coverage": 3.971,
    "context": 6.483,
    "pairs": 1.576,
    "number": 1.851,
    "date": 4.738,
    "person": 1.811,
    "place": 1.500,
    "counts": 3.059,
    "question": -0.604,
}
BELIEF = {
    "similarity": 2.957,
    "context": 0.136,
    "missing": -1.007,
    "names": 0.927,
    "numbers": 0.473,
    "negation": -2.711,
    "gap": 1.815,
}
BELIEF_BIAS = -3.231
