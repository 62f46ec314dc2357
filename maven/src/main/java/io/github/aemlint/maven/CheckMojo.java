package io.github.aemlint.maven;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.maven.artifact.Artifact;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugin.descriptor.PluginDescriptor;
import org.apache.maven.plugins.annotations.Component;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.RepositorySystemSession;
import org.eclipse.aether.repository.RemoteRepository;

/**
 * Judges the Adobe integrations in the content package of this module, or in its sources where it makes no package.
 *
 * <p>The build fails on findings, and ends with an error if the audit could not be done in full. Reports are written to
 * <code>target/aemlint</code>: <code>aemlint.sarif</code>, <code>TEST-aemlint.xml</code> (JUnit) and
 * <code>aemlint.txt</code>.
 */
@Mojo(name = "check", defaultPhase = LifecyclePhase.PACKAGE, threadSafe = true)
public class CheckMojo extends AbstractMojo {

    /**
     * Packages and directories to check. Without it: the packages (zip) that this module makes, or else the directory of
     * the module.
     */
    @Parameter(property = "aemlint.paths")
    private File[] paths;

    /**
     * From which level on findings fail the build: <code>note</code>, <code>warning</code>, <code>error</code> or
     * <code>never</code>.
     */
    @Parameter(property = "aemlint.failOn", defaultValue = "warning")
    private String failOn;

    /**
     * The AEM that the packages are for: <code>aem-6.5</code> or <code>cloud</code>. Without it: what
     * <code>aemlint.toml</code> says.
     */
    @Parameter(property = "aemlint.target")
    private String target;

    /**
     * Further arguments of <code>aemlint check</code>, such as <code>--baseline</code> and its file. Files are relative to
     * the root of the build.
     */
    @Parameter(property = "aemlint.arguments")
    private String[] arguments;

    /**
     * The program: a file, or the name of a program on the <code>PATH</code>. Without it: <code>aemlint</code> on the
     * <code>PATH</code>, or else the artifact for this machine,
     * <code>io.github.aemlint:aemlint:exe:CLASSIFIER</code>, in the version of this plugin.
     */
    @Parameter(property = "aemlint.executable")
    private String executable;

    /** Does nothing. */
    @Parameter(property = "aemlint.skip", defaultValue = "false")
    private boolean skip;

    @Parameter(defaultValue = "${project}", readonly = true, required = true)
    private MavenProject project;

    @Parameter(defaultValue = "${session}", readonly = true, required = true)
    private MavenSession session;

    @Parameter(defaultValue = "${plugin}", readonly = true, required = true)
    private PluginDescriptor plugin;

    @Parameter(defaultValue = "${repositorySystemSession}", readonly = true, required = true)
    private RepositorySystemSession repositorySession;

    @Parameter(defaultValue = "${project.remotePluginRepositories}", readonly = true, required = true)
    private List<RemoteRepository> repositories;

    @Component
    private RepositorySystem repositorySystem;

    @Override
    public void execute() throws MojoExecutionException, MojoFailureException {
        if (skip) {
            getLog().info("aemlint is skipped (aemlint.skip).");
            return;
        }
        Path reports = new File(project.getBuild().getDirectory(), "aemlint").toPath();
        try {
            Files.createDirectories(reports);
            Path program = findProgram(reports);
            Run run = new Run(program, rootOfBuild(), reports);
            int code = run.check(options(), inputs());
            List<Finding> findings = code == 2 ? Collections.<Finding>emptyList() : JUnitReport.read(run.junitReport());
            log(findings, run.notes(), code);
            conclude(code, findings, run);
        } catch (IOException e) {
            throw new MojoExecutionException("aemlint could not be run: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MojoExecutionException("The build was interrupted while aemlint ran.", e);
        }
    }

    private Path findProgram(Path reports) throws IOException, MojoExecutionException {
        ProgramFinder finder = new ProgramFinder(project.getBasedir(), System.getenv("PATH"), Platform.current());
        Path program = finder.find(executable);
        if (program != null) {
            return program;
        }
        ProgramArtifact artifact = new ProgramArtifact(repositorySystem, repositorySession, repositories);
        return artifact.resolve(Platform.current(), plugin.getVersion(), reports);
    }

    /** Where the build was started from and where <code>aemlint.toml</code> lies: the directory that holds .mvn. */
    private File rootOfBuild() {
        File root = session.getRequest().getMultiModuleProjectDirectory();
        return root != null ? root : project.getBasedir();
    }

    private List<String> options() {
        List<String> options = new ArrayList<>();
        options.add("--fail-on");
        options.add(failOn);
        if (target != null) {
            options.add("--target");
            options.add(target);
        }
        if (arguments != null) {
            options.addAll(Arrays.asList(arguments));
        }
        return options;
    }

    private List<String> inputs() {
        List<String> inputs = new ArrayList<>();
        if (paths != null) {
            for (File path : paths) {
                inputs.add(path.getPath());
            }
        }
        if (inputs.isEmpty()) {
            List<Artifact> made = new ArrayList<>(Collections.singletonList(project.getArtifact()));
            made.addAll(project.getAttachedArtifacts());
            for (Artifact artifact : made) {
                File file = artifact == null ? null : artifact.getFile();
                if (file != null && file.isFile() && file.getName().endsWith(".zip")) {
                    inputs.add(file.getPath());
                }
            }
        }
        if (inputs.isEmpty()) {
            inputs.add(project.getBasedir().getPath());
        }
        return inputs;
    }

    private void log(List<Finding> findings, List<String> notes, int code) {
        for (Finding finding : findings) {
            switch (finding.level()) {
                case "error":
                    getLog().error(finding.toString());
                    break;
                case "warning":
                    getLog().warn(finding.toString());
                    break;
                default:
                    getLog().info(finding.toString());
            }
        }
        for (String note : notes) {
            if (code == 0 || code == 1) {
                getLog().info(note);
            } else {
                getLog().error(note);
            }
        }
    }

    private void conclude(int code, List<Finding> findings, Run run) throws MojoExecutionException, MojoFailureException {
        String report = "see " + project.getBasedir().toPath().relativize(run.textReport()) + " for what to do.";
        switch (code) {
            case 0:
                getLog().info(findings.isEmpty() ? "aemlint found nothing." : "aemlint found " + Finding.count(findings)
                        + ", nothing at the level of failOn (" + failOn + "); " + report);
                return;
            case 1:
                throw new MojoFailureException("aemlint found " + Finding.count(findings) + "; " + report);
            case 3:
                throw new MojoExecutionException("The audit is incomplete: something could not be read or judged, or there "
                        + "was nothing to judge; " + report);
            case 2:
                throw new MojoExecutionException("aemlint could not check: " + String.join(" ", run.notes()));
            default:
                throw new MojoExecutionException("aemlint ended with the code " + code + ", which it does not use by "
                        + "itself. " + String.join(" ", run.notes()));
        }
    }
}
