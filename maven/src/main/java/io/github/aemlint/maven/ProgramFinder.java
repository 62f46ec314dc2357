package io.github.aemlint.maven;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.maven.plugin.MojoExecutionException;

/** Finds the program on this machine. */
final class ProgramFinder {

    private final File directory;
    private final String searchPath;
    private final Platform platform;

    /**
     * @param directory what a file is relative to
     * @param searchPath the variable <code>PATH</code>, or null
     */
    ProgramFinder(File directory, String searchPath, Platform platform) {
        this.directory = directory;
        this.searchPath = searchPath;
        this.platform = platform;
    }

    /**
     * The program to run.
     *
     * @param executable a file, the name of a program on the path, or null for <code>aemlint</code> on the path
     * @return null if nothing is asked for and nothing is on the path
     * @throws MojoExecutionException if what is asked for is not there or cannot be run
     */
    Path find(String executable) throws MojoExecutionException {
        if (executable == null || executable.isEmpty()) {
            return onSearchPath("aemlint");
        }
        boolean isName = !executable.contains("/") && !executable.contains(File.separator);
        Path named = isName ? onSearchPath(executable) : null;
        if (named != null) {
            return named;
        }
        File given = new File(executable);
        Path file = (given.isAbsolute() ? given : new File(directory, executable)).toPath();
        if (!Files.isRegularFile(file)) {
            throw new MojoExecutionException("There is no program " + executable + (isName ? " on the PATH or in " : " in ")
                    + directory + "; correct the parameter executable (aemlint.executable).");
        }
        if (!Files.isExecutable(file)) {
            throw new MojoExecutionException("The file " + file + " may not be executed; let it be with chmod +x, and for a "
                    + "file in Git with git add --chmod=+x.");
        }
        return file;
    }

    private Path onSearchPath(String name) {
        if (searchPath == null) {
            return null;
        }
        for (String folder : searchPath.split(File.pathSeparator)) {
            // An empty part means the current directory, which may hold anything.
            Path candidate = folder.isEmpty() ? null : new File(folder, platform.fileName(name)).toPath();
            if (candidate != null && Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        return null;
    }
}
