"""A core that reacts into a shell behind a sharp front: kinematics, stress, driving force, rates, arrest, in closed form."""
