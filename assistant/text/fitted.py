"""The weights of ranking and of belief, as fitted; nothing else decides what is found and what refused.

Written by ``python -m assistant.evaluation.fitting``, not by hand; evals/README.md has its figures.
"""

RANKING = {
    "similarity": 14.717,
    "coverage": 4.376,
    "context": 6.013,
    "pairs": 1.443,
    "number": 1.904,
    "date": 4.393,
    "person": 2.077,
    "place": 1.044,
    "counts": 2.502,
    "question": -0.643,
}
BELIEF = {
    "similarity": 3.286,
    "context": 0.293,
    "missing": -1.115,
    "names": 0.855,
    "numbers": 0.538,
    "negation": -2.714,
    "gap": 1.568,
}
BELIEF_BIAS = -3.308
