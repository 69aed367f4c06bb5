"""An app for the worker's processes, by `EXTRA_APPS`: on a busy machine receivers that hang do so for long enough."""
