package io.github.aemlint.maven;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.File;
import java.io.IOException;
import org.apache.maven.plugin.MojoExecutionException;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class ProgramFinderTest {

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    private File program(String folderName, String name, boolean isExecutable) throws IOException {
        File directory = new File(folder.getRoot(), folderName);
        assertTrue(directory.isDirectory() || directory.mkdirs());
        File program = new File(directory, Platform.current().fileName(name));
        assertTrue(program.createNewFile() && program.setExecutable(isExecutable));
        return program;
    }

    private ProgramFinder finder(String... folders) {
        StringBuilder path = new StringBuilder();
        for (String each : folders) {
            path.append(new File(folder.getRoot(), each)).append(File.pathSeparator);
        }
        return new ProgramFinder(folder.getRoot(), path.toString(), Platform.current());
    }

    @Test
    public void theFirstOnThePathIsTaken() throws Exception {
        File second = program("b", "aemlint", true);
        program("c", "aemlint", true);
        assertEquals(second.toPath(), finder("a", "b", "c").find(null));
        assertNull(finder("a").find(null));
        assertNull(new ProgramFinder(folder.getRoot(), null, Platform.current()).find(""));
    }

    @Test
    public void aFileIsRelativeToTheModule() throws Exception {
        File given = program("tools", "aemlint-next", true);
        String relative = "tools/" + given.getName();
        assertEquals(given.toPath(), finder("a").find(relative));
        assertEquals(given.toPath(), finder("a").find(given.getPath()));
        assertEquals(given.toPath(), finder("tools").find("aemlint-next"));
    }

    @Test
    public void whatIsAskedForAndNotThereIsAnError() throws Exception {
        program("b", "aemlint", true);
        Exception absent = assertThrows(MojoExecutionException.class, () -> finder("b").find("tools/aemlint"));
        assertTrue(absent.getMessage(), absent.getMessage().startsWith("There is no program tools/aemlint in "));
    }
}
