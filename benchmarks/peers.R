# One case of R's package survey, as peers.py does it: the same lines in and out.
#
#     Rscript peers.R WORK FOLDER PSU
#
# FOLDER has every column as a file of doubles, because R reads no Parquet by itself. Making the design is not measured.
suppressMessages(library(survey))
arguments <- commandArgs(trailingOnly = TRUE)
work <- arguments[1]
files <- list.files(arguments[2], full.names = TRUE)
rows <- as.data.frame(lapply(files, function(file) readBin(file, "double", file.size(file) / 8)))
names(rows) <- basename(files)

if (work == "means") {
  design <- if (arguments[3] == "psu") svydesign(~psu, strata = ~h, weights = ~w, data = rows, nest = TRUE)
            else svydesign(~1, strata = ~h, weights = ~w, data = rows)
  items <- as.formula(paste("~", paste0("y", 0:19, collapse = "+")))
  run <- function() sum(SE(svyby(items, ~d, design, svymean)))
} else {
  design <- svydesign(~1, weights = ~w, data = rows)
  margins <- lapply(c("m0", "m1", "m2"), function(name) as.formula(paste("~", name)))
  totals <- lapply(c("m0", "m1", "m2"), function(name) {
    known <- aggregate(rows$other, list(rows[[name]]), sum)
    setNames(known, c(name, "Freq"))
  })
  run <- function() sum(weights(rake(design, margins, totals, control = list(maxit = 50, epsilon = 1e-10))))
}

cat("ready\n")
flush(stdout())
asked <- file("stdin", "r")
while (length(readLines(asked, n = 1)) > 0) {
  seconds <- system.time(number <- run())[["elapsed"]]
  cat(seconds, format(number, digits = 15), "\n")
  flush(stdout())
}
status <- readLines("/proc/self/status")
cat(as.integer(gsub("\\D", "", grep("^VmHWM", status, value = TRUE))) %/% 1024, "\n")
