"""Enrollments: which records are in which sequences, and each as a picture."""
