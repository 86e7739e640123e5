"""What files of several Office families share: packages, charts, diagrams, equations, numbers of lists."""
