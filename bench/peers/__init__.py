"""Programs of others that a benchmark measures beside ours. None of them is a dependency of Libertad."""
