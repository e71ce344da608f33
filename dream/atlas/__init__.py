"""A picture of every unit of a network, similarity between the pictures, and the units that a photo activates."""
