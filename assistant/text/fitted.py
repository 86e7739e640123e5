"""The weights of ranking and of belief, as fitted; nothing else decides what is found and what refused.

Written by ``python -m assistant.evaluation.fitting``, not by hand; evals/README.md has its figures.
"""

RANKING = {
    "similarity": 11.256,
    "coverage": 5.017,
    "context": 6.624,
    "pairs": 1.614,
    "number": 1.638,
    "date": 4.891,
    "person": 1.919,
    "place": 1.379,
    "counts": 3.502,
    "question": -0.718,
}
BELIEF = {
    "similarity": 3.079,
    "context": 0.153,
    "missing": -1.224,
    "names": 0.983,
    "numbers": 0.692,
    "negation": -2.805,
    "fits": -0.046,
    "gap": 0.642,
}
BELIEF_BIAS = -2.737
