package io.github.aemlint.maven;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One run of the program, with its reports. */
final class Run {

    private static final String PREFIX = "aemlint: ";

    private final Path program;
    private final File directory;
    private final Path reports;
    private final List<String> notes = new ArrayList<>();

    /**
     * @param directory the working directory, where <code>aemlint.toml</code> is looked for
     * @param reports the directory of the reports, which exists
     */
    Run(Path program, File directory, Path reports) {
        this.program = program;
        this.directory = directory;
        this.reports = reports;
    }

    Path textReport() {
        return reports.resolve("aemlint.txt");
    }

    Path junitReport() {
        return reports.resolve("TEST-aemlint.xml");
    }

    private Path sarifReport() {
        return reports.resolve("aemlint.sarif");
    }

    /** What the program said beside its reports, line by line. */
    List<String> notes() {
        return notes;
    }

    /**
     * Runs <code>aemlint check</code>.
     *
     * @return the exit code of the program
     * @throws IOException if it cannot be started
     */
    int check(List<String> options, List<String> inputs) throws IOException, InterruptedException {
        for (Path old : Arrays.asList(textReport(), junitReport(), sarifReport())) {
            Files.deleteIfExists(old);
        }
        List<String> command = new ArrayList<>(Arrays.asList(program.toString(), "check", "--no-progress", "--color", "never",
                "--format", "text", "--output", "junit=" + junitReport(), "--output", "sarif=" + sarifReport()));
        command.addAll(options);
        command.add("--");
        command.addAll(inputs);
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory).redirectOutput(textReport().toFile());
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            readNotes(process);
            return process.waitFor();
        } finally {
            process.destroy();
        }
    }

    private void readNotes(Process process) throws IOException {
        InputStreamReader stream = new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8);
        try (BufferedReader lines = new BufferedReader(stream)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.trim().isEmpty()) {
                    notes.add(line.startsWith(PREFIX) ? line.substring(PREFIX.length()) : line);
                }
            }
        }
    }
}
