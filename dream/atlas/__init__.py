"""A picture of every feature of a network, which of them look alike, and which of them a photo activates."""
