"""The worker: the program that watches the task queue's cluster, and what the cluster tells it."""
