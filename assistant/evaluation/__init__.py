"""The code behind ``assistant eval``: cases, data sets, scorers, scorecard and the benchmark.

``assistant.evaluation.command.evaluate`` is the door for the command line.
"""
