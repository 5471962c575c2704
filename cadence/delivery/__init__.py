"""Entry and event give the next state, entry and time the next move: pure, the send loop only obeys."""
