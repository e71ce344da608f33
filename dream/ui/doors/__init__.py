"""The doors of the server: who is let in before Streamlit sees a request, and what browsers are told with each answer."""
