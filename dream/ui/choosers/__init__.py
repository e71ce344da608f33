"""What to dream: network, objective, method."""
