"""The code behind ``assistant eval``: cases and data sets, scorers, metrics, the gate and the scorecard.

``assistant.evaluation.command.evaluate`` is the entry point for the command line. Benchmarks, fitting and training are
in the folder ``research`` beside the package.
"""
