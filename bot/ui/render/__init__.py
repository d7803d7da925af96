"""Domain values to Discord texts and components; pure, nothing is awaited here."""
