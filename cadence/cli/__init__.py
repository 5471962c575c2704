"""The command `cadence`: reads arguments, calls the engine, and says what came back."""
