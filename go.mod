module clew.example/clew

go 1.26
