"""What earlier runs published: which entries are new, which feeds are known, which failures deserve another try."""
