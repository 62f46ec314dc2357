package io.github.aemlint.maven;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.RepositorySystemSession;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.resolution.ArtifactRequest;
import org.eclipse.aether.resolution.ArtifactResolutionException;

/** The program as an artifact, which Maven gets from its repositories as it gets a plugin. */
final class ProgramArtifact {

    private final RepositorySystem system;
    private final RepositorySystemSession session;
    private final List<RemoteRepository> repositories;

    ProgramArtifact(RepositorySystem system, RepositorySystemSession session, List<RemoteRepository> repositories) {
        this.system = system;
        this.session = session;
        this.repositories = repositories;
    }

    /**
     * Gets the program for a platform.
     *
     * @param version the version of the plugin
     * @param directory where a copy is put that may be executed: files of repositories may not
     * @throws MojoExecutionException if there is none, or if it cannot be had
     */
    Path resolve(Platform platform, String version, Path directory) throws IOException, MojoExecutionException {
        String elsewhere = "install aemlint and put it on the PATH, or name the program with the parameter executable "
                + "(aemlint.executable).";
        if (!platform.hasProgram()) {
            throw new MojoExecutionException("aemlint is not on the PATH, and no artifact has a program for "
                    + platform.classifier() + ", only for " + String.join(", ", Platform.CLASSIFIERS) + "; " + elsewhere);
        }
        Artifact artifact = new DefaultArtifact("io.github.aemlint", "aemlint", platform.classifier(), "exe", version);
        try {
            ArtifactRequest request = new ArtifactRequest(artifact, repositories, null);
            File file = system.resolveArtifact(session, request).getArtifact().getFile();
            Path program = directory.resolve(platform.fileName("aemlint"));
            Files.copy(file.toPath(), program, StandardCopyOption.REPLACE_EXISTING);
            if (!program.toFile().setExecutable(true)) {
                throw new IOException("the file " + program + " cannot be made executable");
            }
            return program;
        } catch (ArtifactResolutionException e) {
            throw new MojoExecutionException("aemlint is not on the PATH, and the artifact " + artifact + " cannot be had: "
                    + e.getMessage() + "; " + elsewhere, e);
        }
    }
}
