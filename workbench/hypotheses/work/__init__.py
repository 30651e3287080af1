"""Long work in items: on this process, on others or on a cluster, kept as it is done."""
