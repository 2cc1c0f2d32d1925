"""The phones of officers in the field: who has one, what it hands over, the app that it opens."""
