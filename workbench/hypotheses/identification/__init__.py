"""What identifies a spillover, and how strongly: a panel of evidence for each claim."""
