"""A photo dreamed in every look, small: made in the background by a process of its own."""
