"""Very many models of one sample and one W at once: maxima, standard errors, impacts."""
