"""What only developers run: benchmarks, fitting, training and measurements. README.md tells what each program does.

It stands beside the package, is not in the wheel, and nothing in the package imports it.
"""
