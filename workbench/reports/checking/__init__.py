"""What a verification says: classes of differences, figures, consent, environment, certificate."""
