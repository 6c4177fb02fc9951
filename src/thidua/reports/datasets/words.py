"""What people write for yes and no."""

YES = ("có", "x", "1", "rồi", "đã", "yes", "y", "true", "đúng")
NO = ("không", "0", "-", "chưa", "no", "n", "false", "không có", "chưa có", "sai")
