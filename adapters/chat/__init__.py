"""Chat engine shared by all platforms: from an interaction to its reply. Knows no platform."""
