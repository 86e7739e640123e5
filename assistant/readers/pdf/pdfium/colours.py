"""What counts as white."""

WHITE = 250  # of 255, of each of red, green and blue
