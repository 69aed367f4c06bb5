"""What is printed on sheets: labels for copies, cards for patrons. A face: it uses contexts and holds no rule."""
