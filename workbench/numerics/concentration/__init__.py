"""How counts are spread over regions and activities, and over plants."""
