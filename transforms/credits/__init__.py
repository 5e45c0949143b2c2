"""Which agencies a text is credited to, and which of its lines only say so: for extraction, and for de-duplication."""
