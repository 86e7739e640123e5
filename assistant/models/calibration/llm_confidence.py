"""How far a model's own yes is believed, as fitted.

Written by ``python -m research.fitting.llm_confidence``, not by hand; evals/README.md has its figures.
"""

MODEL = {
    "odds": 1.267,
    "support": 0.093,
}
MODEL_BIAS = 0.076
