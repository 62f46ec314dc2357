package io.github.aemlint.maven;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class JUnitReportTest {

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    private Path write(String cases) throws IOException {
        Path file = folder.newFile().toPath();
        String text = "<testsuites name=\"aemlint\"><testsuite name=\"x\">" + cases + "</testsuite></testsuites>";
        return Files.write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    public void findingsOfAllLevelsAreRead() throws IOException {
        List<Finding> findings = JUnitReport.read(write("<testcase classname=\"r1\" name=\"a.xml:1:2\">"
                + "<failure type=\"error\" message=\"It&#39;s &lt;wrong&gt;.\">Mend it.</failure></testcase>"
                + "<testcase classname=\"r2\" name=\"b.xml\"><failure type=\"warning\" message=\"W.\"/></testcase>"
                + "<testcase classname=\"r3\" name=\"c.xml:3:4\"><system-out>note: N.\nhelp\n</system-out></testcase>"
                + "<testcase classname=\"not-read\" name=\"d.zip\"><error message=\"cut off\"/></testcase>"));
        assertEquals(4, findings.size());
        assertEquals("a.xml:1:2: It's <wrong>. [r1]", findings.get(0).toString());
        assertEquals("b.xml: W. [r2]", findings.get(1).toString());
        assertEquals("c.xml:3:4: N. [r3]", findings.get(2).toString());
        assertEquals("d.zip: cut off [not-read]", findings.get(3).toString());
        assertEquals("1 warning and 1 note", Finding.count(findings.subList(1, 3)));
        assertEquals("2 errors, 1 warning and 1 note", Finding.count(findings));
    }

    @Test
    public void aReportWithoutFindingsHasNone() throws IOException {
        assertTrue(JUnitReport.read(write("<testcase classname=\"aemlint\" name=\"No findings\"/>")).isEmpty());
    }

    @Test
    public void aBrokenReportIsAnError() throws IOException {
        Path broken = write("<testcase");
        assertThrows(IOException.class, () -> JUnitReport.read(broken));
        assertThrows(IOException.class, () -> JUnitReport.read(broken.resolveSibling("nothing.xml")));
    }
}
