package io.github.aemlint.maven;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** A kind of machine, named as the classifiers of os-maven-plugin name it. */
final class Platform {

    /** For which there is a program. */
    static final List<String> CLASSIFIERS = Collections.unmodifiableList(Arrays.asList(
            "linux-x86_64", "linux-aarch_64", "osx-x86_64", "osx-aarch_64", "windows-x86_64"));

    private final String classifier;

    private Platform(String classifier) {
        this.classifier = classifier;
    }

    static Platform current() {
        return of(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    /**
     * @param name as the system property <code>os.name</code> has it
     * @param architecture as the system property <code>os.arch</code> has it
     */
    static Platform of(String name, String architecture) {
        String os = name.toLowerCase(Locale.ROOT);
        String family = os.startsWith("windows") ? "windows" : os.startsWith("mac") ? "osx" : os.replace(" ", "");
        String cpu = architecture.toLowerCase(Locale.ROOT);
        if (cpu.equals("amd64") || cpu.equals("x86_64")) {
            cpu = "x86_64";
        } else if (cpu.equals("aarch64") || cpu.equals("arm64")) {
            cpu = "aarch_64";
        }
        return new Platform(family + "-" + cpu);
    }

    /** Such as <code>linux-x86_64</code>; also for machines that there is no program for. */
    String classifier() {
        return classifier;
    }

    boolean hasProgram() {
        return CLASSIFIERS.contains(classifier);
    }

    boolean isWindows() {
        return classifier.startsWith("windows-");
    }

    /** The name of the file of a program. */
    String fileName(String program) {
        return isWindows() && !program.toLowerCase(Locale.ROOT).endsWith(".exe") ? program + ".exe" : program;
    }
}
