"""The weights of ranking and of belief, as fitted; no other number decides what is found or refused.

How they were got: evals/README.md. Made by ``python -m assistant.evaluation.fitting``; not to be edited.
"""

RANKING = {"similarity": 11.1, "coverage": 3.6, "context": 7.2, "pairs": 1.5, "number": 1.5, "date": 3.8, "person": 2.1, "place": 1.5, "counts": 2.9, "question": -1.5}
BELIEF = {"similarity": 3.52, "context": 0.49, "missing": -0.9, "names_context": 1.16, "numbers": 0.93, "negation": -2.88, "fits": 0.55, "asked": 0.89, "gap": 0.63}
BELIEF_BIAS = -3.9
