"""The ContentStats API and short links: the one room that speaks HTTP. It stores nothing and renders nothing."""
