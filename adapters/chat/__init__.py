"""The engine that every chat shares: from what a person did to the reply they see."""
