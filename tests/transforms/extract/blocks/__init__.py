"""The block model."""
