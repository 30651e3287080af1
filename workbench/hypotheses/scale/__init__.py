"""The same hypothesis at several scales: the modifiable areal unit problem."""
