"""The worker processes: the cluster, the connection to it, and the code that runs there."""
